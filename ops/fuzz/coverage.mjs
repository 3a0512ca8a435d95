// Which edges between blocks an input ran through, and about how often each.

/** Edges share a table by a hash of the two blocks' numbers. */
const edgesMax = 2 ** 18;
/** Classes of how often an edge was run: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128 and more. */
const classes = 8;
const counts = new Uint32Array(edgesMax);
/** Edges of the input that is running. */
let touched = [];
let previous = 0;

/** Called by instrumented code. */
export function blockEntered(number) {
  const here = Math.imul(number + 1, 0x9e3779b1) >>> 14;
  const edge = previous ^ here;
  if (counts[edge]++ === 0) touched.push(edge);
  previous = here >>> 1;
}

/** Runs an input; the features it showed: edges with their class. A throw passes through. */
export function featuresOf(run, input) {
  for (const edge of touched) counts[edge] = 0;
  touched = [];
  previous = 0;
  run(input);
  return touched.map((edge) => edge * classes + classOf(counts[edge]));
}

/** The edge of a feature, however often it was run. */
export function edgeOf(feature) {
  return Math.floor(feature / classes);
}

function classOf(count) {
  if (count <= 3) return count - 1;
  if (count < 32) return 32 - Math.clz32(count);
  return count < 128 ? 6 : 7;
}

/** Features that some input showed. */
export class Seen {
  features = new Uint8Array(edgesMax);
  edges = 0;

  /** Notes features; how many of them were new. */
  add(features) {
    let fresh = 0;
    for (const feature of features) {
      const edge = edgeOf(feature);
      const bit = 1 << (feature % classes);
      if (this.features[edge] === 0) this.edges++;
      if ((this.features[edge] & bit) === 0) fresh++;
      this.features[edge] |= bit;
    }
    return fresh;
  }
}
