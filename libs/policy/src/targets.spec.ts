import { createPolicy, type PolicyName } from './create-policy';
import { nextUses, optimum } from './rivals';
import { TitleFinder } from './titles';
import { blankRequest, createModel, defaultSettings, type ModelName, type ModelSettings } from './trace';

/** Small, so that it takes seconds; `npm run bench:policy` has the large ones. */
const requests = 60_000;
const unit = 262_144;

interface TraceWanted {
  readonly model: ModelName;
  readonly seed: number;
  readonly over?: Partial<ModelSettings>;
  /** Names do not tell titles: requests have to. */
  readonly flat?: boolean;
}

/** A trace in memory: objects by number, and the swarm and segment of each. */
function traceOf({ model: name, seed, over = {}, flat = false }: TraceWanted) {
  const model = createModel(
    name,
    { ...defaultSettings(name), titles: name === 'vod' || name === 'mixed' ? 100 : 8_000, ...over },
    seed,
    requests,
  );
  const request = blankRequest();
  const numbers = new Map<string, number>();
  const objects = new Uint32Array(requests);
  const named = { swarms: new Float64Array(requests), segments: new Uint32Array(requests) };
  const finder = new TitleFinder();
  for (let number = 0; number < requests; number++) {
    model.next(request);
    const key = `${request.title}/${request.segment}`;
    const object = numbers.get(key) ?? numbers.size;
    numbers.set(key, object);
    named.swarms[object] = request.title + 1;
    named.segments[object] = request.segment;
    finder.see(object, request.subscriber + 1);
    objects[number] = object;
  }
  const bytes = new Uint32Array(numbers.size).fill(unit);
  if (!flat && (name === 'vod' || name === 'mixed')) return { objects, bytes, ...named };
  const nameless = { swarms: new Float64Array(numbers.size), segments: new Uint32Array(numbers.size) };
  return { objects, bytes, ...finder.titles(nameless) };
}

type Trace = ReturnType<typeof traceOf>;

/** Byte hit ratio, and what was written of the requested bytes since the cache was full. */
function replay(trace: Trace, name: PolicyName, share: number) {
  const capacityBytes = Math.floor(trace.bytes.length * share) * unit;
  let written = 0;
  const policy = createPolicy(name, {
    ...{ capacityBytes, memoryCapacityBytes: capacityBytes / 10, seed: 5, swarmShareMax: 1 },
    listener: { evicted: () => undefined, persist: () => (written += unit) },
  });
  let hits = 0;
  let fullFrom = 0;
  trace.objects.forEach((object, number) => {
    const swarm = trace.swarms[object] ?? 0;
    const segment = trace.segments[object] ?? 0;
    if (policy.access(swarm, segment, 0)) hits++;
    else if (policy.insert(swarm, segment, unit) === 'disk') written += unit;
    if (fullFrom > 0 || policy.residentBytes + unit <= capacityBytes) return;
    fullFrom = number + 1;
    written = 0;
  });
  const writeRatio = written / ((requests - fullFrom) * unit);
  return { hitRatio: hits / requests, writeRatio, bytesEach: policy.stateBytes / policy.segments };
}

const traces: readonly (TraceWanted & { readonly name: string })[] = [
  { name: 'zipf', model: 'zipf', seed: 21 },
  { name: 'mandelbrot-zipf with churn', model: 'mzipf', seed: 22, over: { churn: 0.3 } },
  { name: 'video', model: 'vod', seed: 23 },
  { name: 'video, most of it abandoned', model: 'vod', seed: 24, over: { abandon: 0.9 } },
  { name: 'video, news', model: 'vod', seed: 25, over: { churn: 0.5, days: 14 } },
  {
    name: 'video, news, names that do not tell titles',
    model: 'vod',
    seed: 25,
    over: { churn: 0.5, days: 14 },
    flat: true,
  },
  { name: 'video and live', model: 'mixed', seed: 26 },
];

describe.each(traces)('weir on $name, seed $seed', (wanted) => {
  const trace = traceOf(wanted);
  const log = { objects: trace.objects, bytes: trace.bytes };
  const next = nextUses(log);

  it.each([0.01, 0.05, 0.1, 0.2])('is at most half a point below LRU with %p of all bytes', (share) => {
    const ours = replay(trace, 'weir', share);
    const lru = replay(trace, 'lru', share);
    expect(ours.hitRatio).toBeGreaterThanOrEqual(lru.hitRatio - 0.005);
    if (lru.writeRatio >= 0.5) expect(ours.writeRatio).toBeLessThanOrEqual(0.25);
    expect(ours.writeRatio).toBeLessThan(lru.writeRatio);
  });

  it.each([0.1, 0.2])(
    'knows each segment in 64 bytes, ghosts and shadow caches included, with %p of all bytes',
    (share) => {
      expect(replay(trace, 'weir', share).bytesEach).toBeLessThanOrEqual(64);
    },
  );

  it('comes near the optimum', () => {
    const share = 0.1;
    const capacityBytes = Math.floor(trace.bytes.length * share) * unit;
    const best = optimum(log, next, capacityBytes).hits / requests;
    const ratio = replay(trace, 'weir', share).hitRatio / best;
    if (wanted.model === 'vod') expect(ratio).toBeGreaterThanOrEqual(0.68);
    expect(ratio).toBeLessThanOrEqual(1);
  });
});
