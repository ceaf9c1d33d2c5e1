SET 'blink.job.timezon' = 'UTC';
