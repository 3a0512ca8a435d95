/** An opening as libswift reads it. */
interface Opening {
  readonly codes: readonly number[];
  /** Bytes left after the options. */
  readonly rest: number;
}

/** Bytes before the options: destination, message type, source. RFC 7574 section 8.4. */
const optionsAt = 9;

/**
 * Whether libswift reads an opening HANDSHAKE; one that it does not is dropped in silence. It knows options 0 to 8; on
 * option 8 it skips as many bytes as the swarm ID has, which must lead beyond the datagram or to its own list's end.
 */
export function libswiftReads(opening: Uint8Array): boolean {
  let swarmIdBytes = 0;
  for (let at = optionsAt; at < opening.length;) {
    const code = opening[at] ?? 255;
    at++;
    if (code === 255) return at === opening.length;
    if (code > 8) return false;
    if (code === 2) swarmIdBytes = (opening[at] ?? 0) * 256 + (opening[at + 1] ?? 0);
    if (code === 2) at += 2 + swarmIdBytes;
    else if (code === 8) at += swarmIdBytes;
    else at += code === 7 ? 4 : 1;
  }
  return true;
}

/** Whether a peer reads an opening that drops all with an option that RFC 7574 added late: 8 or 9. */
export function strictlyReads(opening: Uint8Array): boolean {
  return optionsOf(opening).codes.every((code) => code < 8 || code === 255);
}

/** The codes of an opening's options, as RFC 7574 section 7 has them, and what follows. */
export function optionsOf(opening: Uint8Array): Opening {
  const codes: number[] = [];
  let at = optionsAt;
  while (at < opening.length) {
    const code = opening[at] ?? 255;
    codes.push(code);
    at += 1;
    if (code === 255) break;
    if (code === 2) at += 2 + (opening[at] ?? 0) * 256 + (opening[at + 1] ?? 0);
    else if (code === 8) at += 1 + (opening[at] ?? 0);
    else at += code === 9 ? 4 : 1;
  }
  return { codes, rest: opening.length - at };
}
