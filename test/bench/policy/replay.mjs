// Traces in memory, and their replay through a policy.
import { cpuUsage } from 'node:process';

const titlesMax = 2 ** 22;

/** A model's trace, with what the optimum needs to know beforehand. */
export function ready(policy, { model, over, requests, seed }) {
  const settings = { ...policy.defaultSettings(model), ...over };
  const source = policy.createModel(model, settings, seed, requests);
  const request = policy.blankRequest();
  const known = new Map();
  const [swarms, segments] = [[], []];
  const [objects, subscribers] = [new Uint32Array(requests), new Uint32Array(requests)];
  const inSwarms = model === 'vod' || model === 'mixed';
  for (let number = 0; number < requests; number++) {
    source.next(request);
    const key = request.segment * titlesMax * 1_024 + request.title;
    let object = known.get(key);
    if (object === undefined) {
      object = known.size;
      known.set(key, object);
      swarms.push(inSwarms ? request.title : 0);
      segments.push(inSwarms ? request.segment : request.title);
    }
    objects[number] = object;
    subscribers[number] = request.subscriber + 1;
  }
  const log = { objects, bytes: new Uint32Array(known.size).fill(settings.bytes) };
  const sums = { uniqueBytes: known.size * settings.bytes, requestedBytes: requests * settings.bytes };
  return { ...sums, log, next: policy.nextUses(log), swarms, segments, subscribers };
}

/** What a policy makes of a trace. Writes are counted from when the cache is full; time is that of the processor. */
export function replay(policy, trace, { name, capacityBytes, flat = false }) {
  const { log, swarms, segments, subscribers, requestedBytes } = trace;
  const bytes = log.bytes[0];
  let [writtenBytes, hitBytes, requestedFull] = [0, 0, 0];
  const cache = policy.createPolicy(name, {
    ...{ capacityBytes, memoryCapacityBytes: capacityBytes / 10, seed: 12_345, swarmShareMax: 1 },
    listener: { evicted: () => undefined, persist: () => void (writtenBytes += bytes) },
  });
  const begin = cpuUsage();
  for (let number = 0; number < log.objects.length; number++) {
    const object = log.objects[number];
    const [swarm, segment] = flat ? [0, object] : [swarms[object], segments[object]];
    if (cache.access(swarm, segment, subscribers[number])) hitBytes += bytes;
    else if (cache.insert(swarm, segment, bytes) === 'disk') writtenBytes += bytes;
    if (requestedFull > 0) requestedFull += bytes;
    else if (cache.residentBytes + bytes > capacityBytes) [requestedFull, writtenBytes] = [bytes, 0];
  }
  const { user, system } = cpuUsage(begin);
  return {
    hitRatio: hitBytes / requestedBytes,
    writeRatio: writtenBytes / Math.max(requestedFull, 1),
    bytesEach: cache.stateBytes / cache.segments,
    nanosecondsEach: ((user + system) * 1_000) / log.objects.length,
  };
}
