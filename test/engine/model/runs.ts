/** How many worlds a property is tried in: few by default, `FAST_CHECK_RUNS` for more. */
export const runsOf = (byDefault: number): number => {
  const asked = Number(process.env['FAST_CHECK_RUNS']);
  return Number.isInteger(asked) && asked > 0 ? asked : byDefault;
};
