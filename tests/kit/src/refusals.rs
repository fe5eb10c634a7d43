//! Events that Postgres refuses, until it is mended.

use tokio_postgres::Client;

/// Has all tables of a read model refuse rows in which `text` stands, with this SQLSTATE.
///
/// # Panics
///
/// If Postgres refuses a statement.
pub async fn refuse(client: &Client, slot: &str, text: &str, sqlstate: &str) {
    let function = "
        CREATE OR REPLACE FUNCTION public.refuse_row() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF concat(to_jsonb(OLD), to_jsonb(NEW)) LIKE '%' || TG_ARGV[0] || '%' THEN
                RAISE EXCEPTION 'no row with % may be written', TG_ARGV[0]
                    USING ERRCODE = TG_ARGV[1];
            END IF;
            RETURN coalesce(NEW, OLD);
        END $$";
    client.batch_execute(function).await.expect("a function");
    for table in tables(client, slot).await {
        let trigger = format!(
            "CREATE TRIGGER refuse_row BEFORE INSERT OR UPDATE OR DELETE ON {slot}.{table}
             FOR EACH ROW EXECUTE FUNCTION public.refuse_row('{text}', '{sqlstate}')"
        );
        client.batch_execute(&trigger).await.expect("a trigger");
    }
}

/// Lets the tables of a read model take in everything again.
///
/// # Panics
///
/// If Postgres refuses a statement.
pub async fn mend(client: &Client, slot: &str) {
    for table in tables(client, slot).await {
        let drop = format!("DROP TRIGGER IF EXISTS refuse_row ON {slot}.{table}");
        client.batch_execute(&drop).await.expect("no trigger");
    }
}

/// The tables that are the projection's own.
async fn tables(client: &Client, slot: &str) -> Vec<String> {
    let tables = "SELECT tablename::text FROM pg_tables
        WHERE schemaname = $1 AND tablename NOT IN (
            'checkpoint', 'digests', 'changed_by_hand', 'parked', 'parked_keys')";
    let rows = client.query(tables, &[&slot]).await.expect("a list of tables");
    rows.iter().map(|row| row.get(0)).collect()
}
