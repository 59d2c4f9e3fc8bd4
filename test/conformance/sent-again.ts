const times = 3;

/**
 * The differences of answers to what changes nothing, asked for again where there are any; the last ones count. A connection that is reset loses what was on its
 * way, now and then and on any server; servers that differ do so each time.
 */
export async function lastDifferences(compare: () => Promise<string[]>): Promise<string[]> {
  let found = await compare();
  for (let time = 1; found.length > 0 && time < times; time++) found = await compare();
  return found;
}
