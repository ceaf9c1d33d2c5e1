SET 'table.exec.state.tl' = '1 h';
SELECT 1;
