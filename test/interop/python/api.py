"""Uses the official client as its documentation shows and prints what it got, as one JSON object."""

import json
import sys
import time

from aliyun.log import IndexConfig, ListLogstoresRequest, LogClient, LogException, LogItem, PutLogsRequest
from aliyun.log import GetHistogramsRequest, GetLogsRequest

endpoint, project, auth, now = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
client = LogClient(endpoint, 'ak', 'sk', auth_version=auth, region='cn-hangzhou')
store = 'logs'
got = {}


def code(call, *args, **named):
    try:
        call(*args, **named)
        return 'none'
    except LogException as error:
        return error.get_error_code()


def put(numbers, key=None, compress=True, compress_type=None):
    items = []
    for n in numbers:
        item = LogItem(now + n, contents=[('n', str(n)), ('text', '日志 "%d" a=b&c' % n)])
        item.set_time_nano_part(n)
        items.append(item)
    request = PutLogsRequest(project, store, 'web', '10.1.2.3', items, hashKey=key, compress=compress,
                             logtags=[('host', 'h1')], compress_type=compress_type)
    client.put_logs(request)


def pull(shard, **named):
    logs, cursor = [], client.get_begin_cursor(project, store, shard).get_cursor()
    while True:
        answer = client.pull_logs(project, store, shard, cursor, count=3, **named)
        if answer.get_loggroup_count() == 0:
            return logs
        logs.extend(answer.get_flatten_logs_json())
        cursor = answer.get_next_cursor()


client.create_project(project, 'made by the client')
got['twice'] = code(client.create_project, project, '')
got['project'] = client.get_project(project).get_description()
client.update_project(project, 'changed')
got['projects'] = client.list_project().get_projects()
client.create_logstore(project, store, ttl=3, shard_count=2)
got['store twice'] = code(client.create_logstore, project, store)
client.update_logstore(project, store, ttl=5, shard_count=2)
got['ttl'] = client.get_logstore(project, store).get_ttl()
got['stores'] = client.list_logstores(ListLogstoresRequest(project)).get_logstores()
got['no store'] = code(client.get_logstore, project, 'none')

index = IndexConfig()
index.from_json({'line': {'token': [',', ' '], 'caseSensitive': False}, 'keys': {}, 'ttl': 3})
client.create_index(project, store, index)
got['index'] = client.get_index_config(project, store).get_index_config().to_json()

shards = client.list_shards(project, store).get_shards_info()
got['shards'] = [[s['shardID'], s['status'], s['inclusiveBeginKey'][:2], s['exclusiveEndKey'][:2]] for s in shards]
put(range(0, 10))
put(range(10, 20), compress=False)
put(range(20, 30), key='0' * 32)
put(range(30, 40), key='f' * 32)
for n in range(40, 60):
    put([n])

got['pulled'] = [row for shard in (0, 1) for row in pull(shard)]
got['pulled plain'] = [row for shard in (0, 1) for row in pull(shard, compress=False)]
end = client.get_end_cursor(project, store, 0).get_cursor()
begin = client.get_begin_cursor(project, store, 0).get_cursor()
got['end by time'] = client.get_cursor(project, store, 0, int(time.time()) + 100).get_cursor() == end
got['begin by time'] = client.get_cursor(project, store, 0, 1).get_cursor() == begin
got['times'] = [
    client.get_cursor_time(project, store, 0, begin).get_cursor_time(),
    client.get_cursor_time(project, store, 0, end).get_cursor_time(),
    client.get_previous_cursor_time(project, store, 0, end).get_cursor_time(),
    client.get_previous_cursor_time(project, store, 0, begin).get_cursor_time(),
]
limited = client.pull_logs(project, store, 0, begin, end_cursor=begin)
got['limited'] = [limited.get_loggroup_count(), limited.get_next_cursor() == begin]
got['bad cursor'] = code(client.pull_logs, project, store, 0, 'MTIz')
got['bad shard'] = code(client.get_end_cursor, project, store, 77)

split = client.split_shard(project, store, 0, '20' + '0' * 30).get_shards_info()
got['split'] = [[s['shardID'], s['status']] for s in split]
merged = client.merge_shard(project, store, 2).get_shards_info()
got['merged'] = [[s['shardID'], s['status']] for s in merged]
put(range(60, 70), key='0' * 32)
got['child'] = [row['n'] for row in pull(merged[0]['shardID'])]


def rows(query='', **named):
    request = GetLogsRequest(project, store, now, now + 100, query=query, **named)
    return [log.get_contents()['n'] for log in client.get_logs(request).get_logs()]


got['found'] = rows(line=100)
got['found words'] = rows(query='日志 and n: 5*', line=4, offset=1, reverse=True)
got['found all'] = sum(answer.get_count() for answer in client.get_log_all(project, store, now, now + 100))
bars = client.get_histograms(GetHistogramsRequest(project, store, now, now + 100, '', '*'))
got['bars'] = [bars.is_completed(), bars.get_total_count()]

client.create_consumer_group(project, store, 'g', 30, False)
got['group twice'] = code(client.create_consumer_group, project, store, 'g', 30, False)
client.update_consumer_group(project, store, 'g', 60, True)
got['groups'] = [
    [group.get_consumer_group_name(), group.get_timeout(), group.is_in_order()]
    for group in client.list_consumer_group(project, store).get_consumer_groups()
]
got['beat'] = sorted(client.heart_beat(project, store, 'g', 'c1', []).get_shards())
client.update_check_point(project, store, 'g', 1, begin, 'c1', True)
got['checkpoint'] = [
    [one['shard'], one['checkpoint'] == begin, one['consumer']]
    for one in client.get_check_point(project, store, 'g', 1).get_consumer_group_check_points()
]
got['no checkpoint'] = [
    [one['shard'], one['checkpoint']]
    for one in client.get_check_point(project, store, 'g', 0).get_consumer_group_check_points()
]
got['stranger'] = code(client.update_check_point, project, store, 'g', 1, begin, 'other', False)
got['unknown with shards'] = code(client.heart_beat, project, store, 'g', 'c2', [1])
client.delete_consumer_group(project, store, 'g')
got['no group'] = code(client.get_check_point, project, store, 'g')

client.create_logstore(project, 'short-lived', ttl=1, shard_count=1)
client.delete_logstore(project, 'short-lived')
got['left'] = client.list_logstore(project).get_logstores()
stranger = LogClient(endpoint, 'ak', 'wrong', auth_version=auth, region='cn-hangzhou')
got['stranger key'] = code(stranger.get_project, project)
print(json.dumps(got))
