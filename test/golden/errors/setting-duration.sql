SET 'table.exec.state.ttl' = 'soon';
SELECT 1;
