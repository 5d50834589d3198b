cd "$(mktemp -d)"
sqlite3 db <<'END'
PRAGMA journal_mode = WAL;
CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, value REAL);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO t SELECT i, 'name-' || (i * 7919 % 20011), i / 3.0 FROM n;
COMMIT;
CREATE INDEX by_name ON t (name);
SELECT count(*), sum(id), round(avg(value), 3) FROM t;
SELECT id, name FROM t WHERE name = 'name-777';
SELECT substr(name, 1, 6) AS p, count(*) FROM t GROUP BY p ORDER BY 2 DESC, 1 LIMIT 3;
UPDATE t SET value = -value WHERE id % 1000 = 0;
DELETE FROM t WHERE id > 19000;
SELECT round(min(value), 3), max(id), count(*) FROM t;
BEGIN; DELETE FROM t; ROLLBACK; SELECT count(*) FROM t;
CREATE TABLE u AS SELECT id, id * 2 AS d FROM t WHERE id <= 10;
SELECT t.id, d FROM t JOIN u USING (id) WHERE d > 15 ORDER BY 1;
PRAGMA integrity_check;
PRAGMA wal_checkpoint(TRUNCATE);
END
sqlite3 db 'SELECT count(*) FROM t' & sqlite3 db 'SELECT count(*) FROM t' & wait
for i in 1 2 3 4; do sqlite3 -cmd '.timeout 10000' db "INSERT INTO u SELECT id + 1000 * $i, 0 FROM u WHERE id <= 10" & done; wait
sqlite3 db 'SELECT count(*), sum(id) FROM u'
sqlite3 db 'PRAGMA journal_mode = DELETE; VACUUM; PRAGMA integrity_check;'
sqlite3 db .dump | sqlite3 copy; sqlite3 copy 'SELECT count(*), sum(id) FROM t'
sqlite3 :memory: "CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES ('hello world'), ('other'); SELECT * FROM f WHERE f MATCH 'hello';"
sqlite3 db "PRAGMA mmap_size = 1048576; SELECT sum(length(name)) FROM t;"
sqlite3 -json :memory: "SELECT json_extract('{\"a\":[1,2]}', '\$.a[1]') AS v"
