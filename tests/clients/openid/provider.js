// An OpenID provider at which everybody is signed in as the account that the test names.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

let provider;
let account;

const made = (issuer, redirect) => new Provider(issuer, {
  clients: [{ client_id: 'rollcall', client_secret: 'the secret of the registration', redirect_uris: [redirect] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['a key of the test'] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...account }) }),
  pkce: { required: () => true },
});

const interact = async (request, response) => {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    const result = { login: { accountId: account.sub } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  const grant = grantId ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope('openid email profile');
  const result = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
};

const server = createServer(async (request, response) => {
  if (request.url === '/test') {
    let text = '';
    for await (const part of request) text += part;
    const told = JSON.parse(text);
    provider ??= made(`http://127.0.0.1:${server.address().port}`, told.redirect);
    account = told.account;
    response.end();
  } else if (request.url.startsWith('/interaction/')) {
    await interact(request, response);
  } else {
    provider.callback()(request, response);
  }
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
