/** Maps with at most `limit` calls under way: 5,000 agents must not be asked in one breath. Keeps the order. */
export const mapLimited = async <In, Out>(
  items: readonly In[],
  limit: number,
  act: (item: In) => Promise<Out>,
): Promise<readonly Out[]> => {
  const results: Out[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index] as In;
      results[index] = await act(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
};
