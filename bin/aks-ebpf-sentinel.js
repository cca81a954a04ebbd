#!/usr/bin/env node
// Plain JavaScript that parses on Node 14 and later: an old Node is told what is wrong instead of showing a syntax error.

const interrupted = new AbortController();
const out = () => {
  // A picture that was being painted had hidden the cursor.
  if (process.stdout.isTTY) process.stdout.write('\u001B[?25h');
  process.exit(130);
};
// Whoever asks a person what Ctrl-C shall mean; answers false where the question stands already.
let asker;
const claim = (ask) => {
  asker = ask;
  return () => {
    if (asker === ask) asker = undefined;
  };
};
const stop = (signal) => {
  if (signal === 'SIGINT' && asker !== undefined && !interrupted.signal.aborted) {
    if (!asker()) out();
    return;
  }
  if (interrupted.signal.aborted) out();
  interrupted.abort(new Error(signal));
};
// Before anything is loaded: a Ctrl-C in the first milliseconds must not be lost.
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('uncaughtException', (error) => {
  if (process.stdout.isTTY) process.stdout.write('\u001B[?25h');
  process.stderr.write(`This is a bug in aks-ebpf-sentinel: ${error && error.stack ? error.stack : error}\n`);
  process.exit(255);
});
// A reader that has seen enough (`| head`) must not end a run that is building something.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
// One voice on colour: Node itself warns when these two contradict each other, and prompts know nothing of our flags.
if (process.argv.includes('--no-color')) {
  delete process.env.FORCE_COLOR;
  process.env.NO_COLOR = '1';
} else if (process.env.FORCE_COLOR !== undefined) {
  delete process.env.NO_COLOR;
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `aks-ebpf-sentinel needs Node.js 22.12 or newer, and this is ${process.versions.node}; install a newer one from https://nodejs.org.\n`,
  );
  process.exit(2);
}

const { existsSync, readFileSync } = await import('node:fs');
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
if (process.argv.length === 3 && process.argv[2] === '--version') {
  process.stdout.write(`${version}\n`);
} else {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  // A checkout runs its sources, so that what is tried is what is written; the package holds the bundle alone.
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const entry = existsSync(source) ? source : new URL('../dist/main.js', import.meta.url);
  const { main, processIo } = await import(entry.href);
  const { fileURLToPath } = await import('node:url');
  const root = fileURLToPath(new URL('..', import.meta.url));
  const exitCode = await main(
    process.argv.slice(2),
    processIo(process, interrupted.signal, root, version, { claim, out }),
  );
  // Sockets that nobody needs any more would keep the process for minutes; what was written must be out first.
  for (const stream of [process.stdout, process.stderr]) await new Promise((done) => stream.write('', done));
  process.exit(exitCode);
}
