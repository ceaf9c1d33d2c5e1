SET 'blink.job.timeZone' = 'Asia/Beijing';
SELECT 1;
