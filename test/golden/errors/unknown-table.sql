CREATE TABLE access_log (level VARCHAR) WITH (type = 'random');
SELECT level FROM acess_log;
