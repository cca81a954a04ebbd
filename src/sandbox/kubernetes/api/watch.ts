import type { ServerResponse } from 'node:http';
import type { SandboxClock } from '../../clock.ts';
import type { KubeObject, ObjectStore } from '../objects.ts';
import { ApiError, statusOf } from './api-error.ts';
import { groupVersion } from './catalog.ts';
import type { History, PastEvent } from './history.ts';
import type { ApiReply, ApiRequest } from './request.ts';
import { checkListOptions, noVersion } from './request-options.ts';
import type { ApiResource } from './resource-table.ts';
import type { Matcher } from './selectors.ts';
import { isSameKind } from './views.ts';

interface WatchOptions {
  readonly store: ObjectStore;
  readonly history: History;
  readonly clock: SandboxClock;
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly matches: Matcher;
  /** Turns an object into what goes on the wire: the object at the asked version, or a table of one row. */
  readonly present: (object: KubeObject) => unknown;
  readonly request: ApiRequest;
}

/** A watch: what is there (or what happened since a resourceVersion), then everything as it happens, until `timeoutSeconds` or the client ends it. */
export const watch = (options: WatchOptions): ApiReply => {
  const { store, history, clock, resource, namespace, matches, present, request } = options;
  const from = request.query.get('resourceVersion') ?? '';
  const initial = request.query.get('sendInitialEvents') === 'true';
  const bookmarks = request.query.get('allowWatchBookmarks') === 'true';
  checkListOptions(request.query);
  if (!/^\d*$/.test(from)) throw new ApiError(500, '', noVersion(from));
  const seconds = Number(request.query.get('timeoutSeconds') ?? '') || 1800;

  return {
    kind: 'stream',
    contentType: 'application/json',
    start(out) {
      const send = (type: string, object: unknown): void => void out.write(`${JSON.stringify({ type, object })}\n`);
      const bookmark = (annotations?: Record<string, string>): void =>
        send('BOOKMARK', {
          kind: resource.kind,
          apiVersion: groupVersion(resource),
          metadata: {
            resourceVersion: String(store.version()),
            ...(annotations === undefined ? {} : { annotations }),
          },
        });
      const relay = ({ event, before }: PastEvent): void => {
        const same = isSameKind(event.resource, resource);
        if (!same || (namespace !== undefined && event.object.metadata.namespace !== namespace)) return;
        const now = event.type !== 'DELETED' && matches(event.object);
        const was = before === undefined ? event.type !== 'ADDED' && matches(event.object) : matches(before);
        if (now) send(was ? 'MODIFIED' : 'ADDED', present(event.object));
        else if (was || (event.type === 'DELETED' && matches(event.object)))
          send('DELETED', present(gone(event, before)));
      };

      if (initial || from === '' || from === '0') {
        for (const object of store.list(resource, namespace)) if (matches(object)) send('ADDED', present(object));
        if (initial && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
      } else {
        try {
          // Events are in no cache: a watch of theirs is etcd's to answer.
          if (resource.kind === 'Event' && Number(from) < history.compacted())
            throw new ApiError(410, 'Expired', 'The resourceVersion for the provided watch is too old.');
          for (const past of history.since(Number(from))) relay(past);
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          send('ERROR', statusOf(error));
          out.end();
          return () => {};
        }
      }
      const unsubscribe = history.subscribe(relay);
      const stopBookmarks = bookmarks ? everyMinute(clock, () => bookmark()) : () => {};
      const deadline = setTimeout(() => finish(out), seconds * 1000);
      deadline.unref();
      const stop = (): void => {
        unsubscribe();
        stopBookmarks();
        clearTimeout(deadline);
      };
      const finish = (response: ServerResponse): void => {
        stop();
        response.end();
      };
      return stop;
    },
  };
};

/** What leaves a selection is told as it was when it was still in it, at the version at which it left. */
const gone = (event: PastEvent['event'], before: KubeObject | undefined): KubeObject =>
  event.type === 'DELETED' || before === undefined
    ? event.object
    : { ...before, metadata: { ...before.metadata, resourceVersion: event.object.metadata.resourceVersion ?? '' } };

const everyMinute = (clock: SandboxClock, tick: () => void): (() => void) => {
  let stop = (): void => {};
  const arm = (): void => {
    stop = clock.after(60_000 * clock.speed, () => {
      tick();
      arm();
    });
  };
  arm();
  return () => stop();
};
