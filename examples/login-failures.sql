-- A pattern over rows: who failed to log in three times or more and then succeeded within two minutes. No service needed.
--   sluice run examples/login-failures.sql

CREATE TABLE logins (
  user_name VARCHAR,
  ip VARCHAR,
  `result` VARCHAR,
  login_time TIMESTAMP,
  WATERMARK FOR login_time AS WITHOFFSET(login_time, 1000)
) WITH (type = 'file', path = 'examples/data/logins.jsonl', format = 'jsonl');

CREATE TABLE alarms (user_name VARCHAR, ip VARCHAR, first_failure TIMESTAMP, success TIMESTAMP, failures BIGINT)
WITH (type = 'print');

INSERT INTO alarms
SELECT user_name, ip, first_failure, success, failures
FROM logins
MATCH_RECOGNIZE (
  PARTITION BY user_name
  ORDER BY login_time
  MEASURES
    LAST(f.ip) AS ip,
    FIRST(f.login_time) AS first_failure,
    s.login_time AS success,
    COUNT(f.user_name) AS failures
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (f{3,} s) WITHIN INTERVAL '2' MINUTE
  DEFINE
    f AS f.`result` = 'fail',
    s AS s.`result` = 'ok'
);
