/** A mapping that a tool printed. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The mappings of a list; none, if the text is no list in JSON. An empty text is an empty list. */
export function jsonObjects(text: string): readonly JsonObject[] {
  const value = parseJson(text);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** What `nft -j` lists of one kind: `jsonOfKind(text, 'chain')`. */
export function jsonOfKind(text: string, kind: string): readonly JsonObject[] {
  const value = parseJson(text);
  const list = isJsonObject(value) ? value['nftables'] : [];
  if (!Array.isArray(list)) return [];
  return list
    .filter(isJsonObject)
    .map((entry) => entry[kind])
    .filter(isJsonObject);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
