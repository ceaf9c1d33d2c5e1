CREATE TABLE t (a VARCHAR, __nope__ VARCHAR HEADER) WITH (type = 'file', path = 'x', format = 'raw');
