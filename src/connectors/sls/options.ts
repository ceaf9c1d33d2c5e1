import { bool, int, oneOf, secret, text, type OptionSet } from '../../contracts/options.ts';

/** Every WITH option of `type='sls'`, source and sink; names match without case, as Blink's own pages spell them in several ways. */
export const slsOptions: OptionSet = {
  endPoint: text({ help: 'address of the log service, with or without http://', required: true }),
  project: text({ help: 'project', required: true }),
  logStore: text({
    help: "log store; as a source also several ('a,b') or a pattern ('app-*')",
    required: true,
  }),
  accessId: text({ help: 'access key id', required: true }),
  accessKey: secret({ help: 'access key secret', required: true }),
  securityToken: secret({ help: 'STS token of a temporary access key' }),
  signVersion: oneOf(['V1', 'V4'], { help: 'signature version', default: 'V1' }),
  regionId: text({ help: "region, needed for signVersion = 'V4'" }),
  maxRetryTimes: int({ help: 'how often a failed request is repeated', min: 0, max: 1000, default: 5 }),
  baseRetryBackoffMs: int({
    help: 'first pause before a repeated request, doubled each time',
    min: 1,
    unit: 'ms',
    default: 200,
  }),
  maxRetryBackoffMs: int({ help: 'longest pause before a repeated request', min: 1, unit: 'ms', default: 5000 }),
  ramRole: text({
    help: 'RAM role of the ECS instance whose temporary keys are used in place of accessId and accessKey',
  }),
  credentials: text({
    help: 'name of a provider of Engine.open({ credentials }) that hands out keys, in place of accessId and accessKey',
  }),
  compressType: oneOf(['lz4', 'zstd', 'deflate', 'none'], { help: 'compression of bodies', default: 'lz4' }),
  connectTimeoutMs: int({ help: 'wait for a connection', min: 1, unit: 'ms', default: 5000 }),
  requestTimeoutMs: int({ help: 'wait for an answer', min: 1, unit: 'ms', default: 60_000 }),
  proxy: secret({
    help: "address of an HTTP proxy (http://user:password@host:port), or 'none'; default: HTTP_PROXY, HTTPS_PROXY and NO_PROXY",
  }),
  timeZone: text({ help: 'zone of startTime, stopTime and TIMESTAMP texts; default: the session zone' }),

  // source
  startTime: text({ help: 'yyyy-MM-dd HH:mm:ss: begin with what the service received at or after it; default: now' }),
  stopTime: text({ help: 'yyyy-MM-dd HH:mm:ss: end before what the service received at or after it (a bounded read)' }),
  startupMode: oneOf(['TIMESTAMP', 'Earliest', 'Latest', 'Group_Offsets'], {
    help: 'where a read without state begins',
  }),
  defaultPosition: oneOf(['Earliest', 'Latest'], {
    help: 'where a shard without checkpoint begins when there is no startTime either',
  }),
  consumerGroup: text({ help: 'name under which the service stores the progress' }),
  checkpointMode: oneOf(['ON_CHECKPOINTS', 'PERIODIC', 'DISABLED'], {
    help: 'when the progress is stored in the consumer group',
    default: 'ON_CHECKPOINTS',
  }),
  commitIntervalMs: int({
    help: "time between two commits with checkpointMode = 'PERIODIC'",
    min: 1,
    unit: 'ms',
    default: 10_000,
  }),
  shards: text({ help: "the shards to read, such as '0,3-7' or '1 mod 4'; default: all" }),
  assignment: oneOf(['assigned', 'balanced'], {
    help: "'balanced': processes with one consumerGroup share the shards among them",
    default: 'assigned',
  }),
  groupTimeout: int({
    help: 'a member of the consumer group that is silent for so long loses its shards; default: 6 heartbeats',
    min: 1,
    unit: 'ms',
  }),
  shardDiscoveryIntervalMs: int({
    help: 'time between two looks for shards that were split or merged; -1: never',
    min: -1,
    unit: 'ms',
    default: 60_000,
  }),
  cursorExpired: oneOf(['fail', 'earliest'], {
    help: 'what to do when logs were removed by retention before they were read',
    default: 'fail',
  }),
  logStoreRecreated: oneOf(['fail', 'earliest'], {
    help: 'what to do when the log store is deleted and created anew while it is read',
    default: 'fail',
  }),
  dedupe: oneOf(['none', 'packId'], {
    help: "'packId': drop log groups that their producer sent again after a lost acknowledgement",
    default: 'none',
  }),
  query: text({ help: 'SPL filter that the service applies before it sends logs' }),
  fetchIntervalMs: int({ help: 'least time between two pulls of a shard', min: 0, unit: 'ms', default: 0 }),
  maxRatePerShard: int({ help: 'logs a second and shard, at most', min: 1, unit: 'logs/s' }),
  batchGetSize: int({ help: 'log groups per pull', min: 1, max: 1000, unit: 'log groups', default: 100 }),
  heartBeatIntervalMills: int({ help: 'heartbeat of the consumer client', min: 1, unit: 'ms', default: 10_000 }),
  onError: oneOf(['null', 'skip', 'fail'], {
    help: "what a field that does not parse becomes; as a sink 'skip' leaves out a log larger than the limit, otherwise an error",
    default: 'null',
  }),
  columnErrorDebug: bool({ help: 'show samples of fields that do not parse on stderr', default: false }),
  lengthCheck: oneOf(['NONE', 'SKIP', 'EXCEPTION', 'PAD'], {
    help: 'accepted and without effect: fields are matched by name',
    default: 'NONE',
  }),
  directMode: bool({ help: 'accepted and without effect', default: false }),

  // sink
  topic: text({ help: 'column whose value becomes the topic of the log' }),
  source: text({ help: 'column whose value becomes the source of the log' }),
  timestampColumn: text({ help: 'column of type INT (epoch seconds) that becomes the time of the log; default: now' }),
  mode: oneOf(['random', 'partition'], {
    help: "'partition': the shard is chosen by partitionColumn",
    default: 'random',
  }),
  partitionColumn: text({ help: 'column whose equal values go to one shard' }),
  buckets: int({
    help: 'groups of partition values that share requests; a power of two',
    min: 1,
    max: 256,
    default: 64,
  }),
  adjustShardHash: bool({
    help: "'false': the shard is chosen by the whole hash of partitionColumn instead of its bucket",
    default: true,
  }),
  flushIntervalMs: int({ help: 'longest wait before rows are sent', min: 1, unit: 'ms', default: 2000 }),
  batchSize: int({ help: 'logs per request', min: 1, max: 40_960, unit: 'logs', default: 4096 }),
  batchBytes: int({
    help: 'bytes per request, uncompressed',
    min: 1024,
    max: 8 << 20,
    unit: 'bytes',
    default: 512 << 10,
  }),
  maxBufferBytes: int({
    help: 'bytes waiting for the service before writing waits too',
    min: 64 << 10,
    unit: 'bytes',
    default: 32 << 20,
  }),
  reserveMilliSecond: bool({ help: 'keep the milliseconds of TIMESTAMP texts', default: false }),
  writeNullProperties: bool({ help: 'write NULL as the empty text instead of leaving it out', default: false }),
  changelog: oneOf(['append', 'reject'], { help: 'as a sink of an updating query: append +I and +U, or refuse' }),
};

/** The options where the keys come from a role or a provider. */
export const slsKeylessOptions: OptionSet = {
  ...slsOptions,
  accessId: text({ help: 'access key id' }),
  accessKey: secret({ help: 'access key secret' }),
};
