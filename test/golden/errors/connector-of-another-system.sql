CREATE TABLE result (id BIGINT, PRIMARY KEY (id)) WITH (type = 'rds', url = 'jdbc:mysql://h/d', tableName = 't');
