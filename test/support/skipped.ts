import { appendFileSync } from 'node:fs';

/**
 * Says aloud that a suite cannot run here, and why; `.ci/run` lists these at its end, and CI_REQUIRE turns one into a failure.
 * `suite` is the short name that CI_REQUIRE uses.
 */
export const skipped = (suite: string, why: string): void => {
  if ((process.env['CI_REQUIRE'] ?? '').split(',').includes(suite))
    throw new Error(`CI_REQUIRE names ${suite}, but ${why}`);
  process.stderr.write(`SKIPPED ${suite}: ${why}\n`);
  const list = process.env['SKIPPED_SUITES'];
  if (list !== undefined && list !== '') appendFileSync(list, `${suite}: ${why}\n`);
};
