"""One worker of the official consumer-group library. Prints a JSON line per batch it processed."""

import json
import logging
import os
import signal
import sys
import threading
import time

from aliyun.log.consumer import ConsumerProcessorBase, ConsumerWorker, CursorPosition, LogHubConfig

endpoint, project, store, group, name, in_order = sys.argv[1:7]
logging.basicConfig(level=os.environ.get('LOG_LEVEL', 'ERROR'), stream=sys.stderr)
lock = threading.Lock()


def say(**what):
    with lock:
        sys.stdout.write(json.dumps(what) + '\n')
        sys.stdout.flush()


class Printer(ConsumerProcessorBase):
    def initialize(self, shard):
        super(Printer, self).initialize(shard)
        # The library makes a processor per assignment of a shard.
        self.start = time.time()

    def process(self, log_groups, tracker):
        ids = [pair.Value for one in log_groups.LogGroups for log in one.Logs for pair in log.Contents if pair.Key == 'id']
        say(shard=self.shard_id, start=self.start, at=time.time(), ids=ids)
        self.save_checkpoint(tracker, force=True)


config = LogHubConfig(endpoint, 'ak', 'sk', project, store, group, name,
                      cursor_position=CursorPosition.BEGIN_CURSOR, heartbeat_interval=1, data_fetch_interval=0.2,
                      in_order=in_order == 'true')
worker = ConsumerWorker(Printer, consumer_option=config)
signal.signal(signal.SIGTERM, lambda *_: worker.shutdown())
say(ready=True)
worker.start()
while worker.is_alive():
    worker.join(timeout=1)
