import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { runTool, type Ran } from '../sandbox/kubernetes/run-tool.ts';
import type { Tools } from '../../scripts/unpack-tools.ts';
import type { Side } from './sides.ts';
import { openSocket, type SocketAccess } from './socket.ts';
import type { Answer, Ask, WatchEvent, World } from './call.ts';

/** Headers that clients act on; the others tell of the server's inside. */
const telling = ['content-type', 'cache-control', 'warning', 'retry-after', 'location', 'www-authenticate', 'allow'];

interface Access {
  readonly server: URL;
  readonly ca: string;
  readonly servername: string | undefined;
  readonly admin: { readonly cert?: string; readonly key?: string; readonly token?: string };
}

/** Opens one side; `forScript` gives each script its own view of it. */
export const openSide = (
  { kubeconfig, compact }: Pick<Side, 'kubeconfig' | 'compact'>,
  tools: Tools,
): { readonly forScript: (prefix: string, script: string) => World; readonly close: () => void } => {
  const access = accessOf(readFileSync(kubeconfig, 'utf8'));
  const client = new KubeConfig();
  client.loadFromFile(kubeconfig);
  const agents: Agent[] = [];
  const agentOf = (identity: Access['admin']): Agent => {
    const agent = new Agent({ keepAlive: true, ca: access.ca, ...certificateOf(identity) });
    agents.push(agent);
    return agent;
  };
  const admin = agentOf(access.admin);
  const plain = agentOf({});
  return {
    close: () => agents.forEach((agent) => agent.destroy()),
    forScript(prefix, script) {
      const namespace = `${prefix}-${script}`;
      const fill = (text: string): string => text.replaceAll('{ns}', namespace).replaceAll('{p}', prefix);
      const asker =
        (agent: Agent, token: string | undefined): Ask =>
        (method, path, body, headers) =>
          send({ access, agent, token, method, path: fill(path), body: filled(body, fill), headers: headers ?? {} });
      const ask = asker(admin, access.admin.token);
      const tool =
        (binary: string | undefined) =>
        (args: readonly string[], stdin?: string | object): Promise<Ran> =>
          runTool(
            binary ?? 'not-installed',
            kubeconfig,
            args.map(fill),
            stdin === undefined ? undefined : fill(typeof stdin === 'string' ? stdin : JSON.stringify(stdin)),
          );
      return {
        ask,
        as: (token) => asker(plain, token),
        watch: async (path, until) =>
          eventsOf(await follow(access, admin, fill(path), (text) => until(eventsOf(text)))),
        follow: (path, enough) => follow(access, admin, fill(path), (text) => enough.test(text)),
        socket: (path, options) => openSocket(addressOf(access), fill(path), options),
        async until(path, wanted) {
          const deadline = Date.now() + 20_000;
          for (;;) {
            const answer = await ask('GET', path);
            if (wanted(answer) || Date.now() > deadline) return answer;
            await pause(100);
          }
        },
        compact,
        client,
        kubeconfig,
        kubectl: tool(tools.kubectl),
        helm3: tool(tools.helm3),
        helm4: tool(tools.helm),
        namespace,
        prefix,
        kept: new Map(),
      };
    },
  };
};

const accessOf = (kubeconfig: string): Access => {
  const config = parse(kubeconfig) as {
    readonly clusters: readonly [
      {
        readonly cluster: {
          readonly server: string;
          readonly 'certificate-authority-data': string;
          readonly 'tls-server-name'?: string;
        };
      },
    ];
    readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
  };
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const decoded = (key: string): string | undefined =>
    user[key] === undefined ? undefined : Buffer.from(user[key], 'base64').toString();
  const cert = decoded('client-certificate-data');
  const key = decoded('client-key-data');
  const { token } = user;
  return {
    server: new URL(cluster.server),
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64').toString(),
    servername: cluster['tls-server-name'],
    admin: {
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(token === undefined ? {} : { token }),
    },
  };
};

const certificateOf = ({ cert, key }: Access['admin']): { cert?: string; key?: string } => ({
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
});

const addressOf = ({ server, ca, servername, admin }: Access): SocketAccess => ({
  url: `wss://${server.host}`,
  tls: { ca, ...certificateOf(admin), ...(servername === undefined ? {} : { servername }) },
  token: admin.token,
});

const filled = (body: unknown, fill: (text: string) => string): Buffer | undefined =>
  body === undefined
    ? undefined
    : Buffer.isBuffer(body)
      ? body
      : Buffer.from(fill(typeof body === 'string' ? body : JSON.stringify(body)));

const optionsOf = (access: Access, agent: Agent, token: string | undefined): object => ({
  host: access.server.hostname,
  port: access.server.port,
  agent,
  ...(access.servername === undefined ? {} : { servername: access.servername }),
  headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
});

const send = (asked: {
  readonly access: Access;
  readonly agent: Agent;
  readonly token: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly body: Buffer | undefined;
  readonly headers: Readonly<Record<string, string>>;
}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method, path, body } = asked;
    const base = optionsOf(asked.access, asked.agent, asked.token) as { readonly headers: Record<string, string> };
    const headers = {
      ...base.headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
      'user-agent': 'differential',
      ...asked.headers,
    };
    const sent = request({ ...base, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = (answer.headers['content-type'] ?? '').startsWith('application/json');
        const told = telling.flatMap((name): [string, string][] => {
          const value = answer.headers[name];
          return value === undefined ? [] : [[name, String(value)]];
        });
        resolve({
          status: answer.statusCode ?? 0,
          headers: Object.fromEntries(told),
          body: isJson ? parsed(text) : text,
        });
      });
    });
    sent.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode ?? 0, headers: {}, body: answer.headers.upgrade });
    });
    sent.on('error', reject);
    // No answer of one request goes on that long; a watch that should have been refused does.
    const deadline = setTimeout(() => sent.destroy(new Error(`${method} ${path} does not end`)), 15_000);
    sent.on('close', () => clearTimeout(deadline));
    sent.end(body);
  });

/** One value, or, of a watch that has ended, a list of them. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  }
};

const eventsOf = (text: string): readonly WatchEvent[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as WatchEvent);

const follow = (access: Access, agent: Agent, path: string, enough: (text: string) => boolean): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const sent = request({ ...optionsOf(access, agent, access.admin.token), path }, (answer) => {
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (enough(text)) finish();
      });
      answer.on('end', finish);
      answer.on('error', finish);
    });
    const finish = (): void => {
      clearTimeout(deadline);
      resolve(text);
      sent.destroy();
    };
    const deadline = setTimeout(finish, 10_000);
    sent.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? finish() : reject(error)));
    sent.end();
  });
