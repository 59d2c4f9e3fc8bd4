/** Requests that one Work makes at the same time. With more of them those of other Works, and the renewal of the leader's lease, would wait behind them until it is too late. */
const PARALLEL = 32;

/** What `task` makes of each item, in their order. After the first failure, which is thrown, nothing more is begun. */
export async function inParallel<T, R>(
  items: readonly T[],
  task: (item: T) => Promise<R>,
  limit = PARALLEL,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await task(items[index] as T);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
