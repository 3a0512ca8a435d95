// Traces in memory, and their replay through a policy.
import { cpuUsage } from 'node:process';
import { shotNoise } from './shot-noise.mjs';

const titlesMax = 2 ** 22;
const unit = 262_144;

/** A model's trace, with what the optimum needs to know beforehand. `titled`: its names tell what is of one title. */
export function ready(policy, { model, over, requests, seed }) {
  const source = sourceOf(policy, { model, over, requests, seed });
  const request = policy.blankRequest();
  const known = new Map();
  const [swarms, segments] = [[], []];
  const [objects, subscribers] = [new Uint32Array(requests), new Uint32Array(requests)];
  const finder = new policy.TitleFinder();
  const inSwarms = model !== 'zipf' && model !== 'mzipf';
  for (let number = 0; number < requests; number++) {
    source.next(request);
    const key = request.segment * titlesMax * 1_024 + request.title;
    let object = known.get(key);
    if (object === undefined) {
      object = known.size;
      known.set(key, object);
      swarms.push(request.title + 1);
      segments.push(request.segment);
    }
    objects[number] = object;
    subscribers[number] = request.subscriber + 1;
    finder.see(object, request.subscriber + 1);
  }
  const log = { objects, bytes: new Uint32Array(known.size).fill(unit) };
  const sums = { uniqueBytes: known.size * unit, requestedBytes: requests * unit };
  const nameless = { swarms: new Float64Array(known.size), segments: new Uint32Array(known.size) };
  const flat = finder.titles(nameless);
  const named = inSwarms ? { swarms, segments } : flat;
  return { ...sums, log, next: policy.nextUses(log), titled: inSwarms, named, flat, subscribers };
}

function sourceOf(policy, { model, over, requests, seed }) {
  if (model === 'shot-noise') return shotNoise(new policy.Random(seed), requests, over);
  return policy.createModel(model, { ...policy.defaultSettings(model), ...over, bytes: unit }, seed, requests);
}

/**
 * What a policy makes of a trace. `flat`: names do not tell titles, requests have to. `settings`: others of the policy's. Time is that of the
 * processor.
 */
export function replay(policy, trace, { name, capacityBytes, flat = false, settings = {} }) {
  const { log, subscribers, requestedBytes } = trace;
  const { swarms, segments } = flat ? trace.flat : trace.named;
  const bytes = log.bytes[0];
  let [writtenBytes, hitBytes, requestedFull, writtenBefore] = [0, 0, 0, 0];
  const cache = policy.createPolicy(name, {
    ...{ capacityBytes, memoryCapacityBytes: capacityBytes / 10, seed: 12_345, swarmShareMax: 1, ...settings },
    listener: { evicted: () => undefined, persist: () => void (writtenBytes += bytes) },
  });
  const begin = cpuUsage();
  for (let number = 0; number < log.objects.length; number++) {
    const object = log.objects[number];
    const [swarm, segment] = [swarms[object], segments[object]];
    if (cache.access(swarm, segment, subscribers[number])) hitBytes += bytes;
    else if (cache.insert(swarm, segment, bytes) === 'disk') writtenBytes += bytes;
    if (requestedFull > 0) requestedFull += bytes;
    else if (cache.residentBytes + bytes > capacityBytes) [requestedFull, writtenBefore] = [bytes, writtenBytes];
  }
  const { user, system } = cpuUsage(begin);
  return {
    hitRatio: hitBytes / requestedBytes,
    writeRatio: writtenBytes / requestedBytes,
    writeRatioFull: (writtenBytes - writtenBefore) / Math.max(requestedFull, 1),
    ...{ segments: cache.segments, ghosts: cache.ghosts, stateBytes: cache.stateBytes },
    bytesEach: cache.stateBytes / cache.segments,
    nanosecondsEach: ((user + system) * 1_000) / log.objects.length,
  };
}
