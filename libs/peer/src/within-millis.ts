/** Resolves when some work has ended, however it did, or takes too long. */
export async function withinMillis(work: Promise<unknown>, millis: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, millis)));
  await Promise.race([work.catch(() => undefined), over]);
  clearTimeout(timer);
}
