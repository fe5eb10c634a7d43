//! What is told of an error of Postgres.

use projector::database::SqlError;

use kit::servers::database;

#[tokio::test]
async fn an_error_of_postgres_is_told_without_the_values_that_it_is_about() {
    let database = database().await;
    let client = database.pool().get().await.expect("a connection");
    let tables = "CREATE TABLE people (name text PRIMARY KEY CHECK (length(name) < 30), born date)";
    client.batch_execute(tables).await.expect("a table");
    let ann = "INSERT INTO people VALUES ('ann@x.example', NULL)";
    client.batch_execute(ann).await.expect("a row");
    for (statement, words) in [
        (ann, "people"),
        ("INSERT INTO people VALUES (repeat('ann@x.example', 9), NULL)", "23514"),
        ("INSERT INTO people VALUES (NULL, '1970-01-01')", "null value in column"),
        ("SELECT 'ann@x.example'::uuid", "22P02"),
        ("UPDATE people SET born = 'ann@x.example'", "22007"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("DO $$ BEGIN RAISE EXCEPTION 'ann@x.example'; END $$", "P0001"),
    ] {
        let error = client.batch_execute(statement).await.expect_err(statement);
        let told = SqlError::from(error);
        assert!(std::error::Error::source(&told).is_none(), "causes would be logged as well");
        let told = told.to_string();
        assert!(!told.contains("ann@x") && !told.contains("1970"), "{told}");
        assert!(told.contains(words), "{told}");
    }
}
