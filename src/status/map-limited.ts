/**
 * Maps with at most `limit` calls under way: 5,000 agents must not be asked in one breath. Keeps the order. After a failure nothing new
 * is begun, and it rejects when what was under way has ended: whoever tries again must not meet the rest of the first try.
 */
export const mapLimited = async <In, Out>(
  items: readonly In[],
  limit: number,
  act: (item: In) => Promise<Out>,
): Promise<readonly Out[]> => {
  const results: Out[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length && failures.length === 0; index = next++) {
      const item = items[index] as In;
      try {
        results[index] = await act(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
};
