CREATE TABLE 日志 (状态 INT, `消息` VARCHAR) WITH (type = 'random');
	SELECT `消息` AS 消, 状况 FROM 日志;
