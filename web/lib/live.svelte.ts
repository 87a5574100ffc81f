/* eslint svelte/prefer-svelte-reactivity: off -- nobody looks at the map; what is live is said by `live` of each watch */
import type { Input, Output } from '#contract/client.ts';
import { LIVE_CLOSE, LIVE_PATH } from '#contract/live-path.ts';
import type { LiveAsk, LiveName, LiveTold } from '#contract/live.ts';
import { onTryNow } from './connection.svelte.ts';
import { whenForgetting } from './forget.ts';
import { accessToken, renewSession } from './session.svelte.ts';

/** Seconds until the next try after a connection was lost: twice as long each time, up to the last one. */
const PAUSES = [1, 2, 4, 8, 16, 30];
/** A tab that nobody looks at lets its connection go after so many milliseconds. */
const HIDDEN = 60_000;

/** An answer that keeps itself fresh. */
export interface Watch {
  /** Whether the desk tells now: who polls beside it may rest. */
  readonly live: boolean;
  end(): void;
}

interface Watched {
  ask: LiveAsk;
  take: (body: unknown) => void;
  live: boolean;
}

const watched = new Map<number, Watched>();
let next = 0;
let socket: WebSocket | null = null;
let lost = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Has the desk tell the answer of an operation, now and whenever it is another one. */
export function watch<N extends LiveName>(operation: N, input: Input<N>, take: (answer: Output<N>) => void): Watch {
  const id = ++next;
  const { params = {}, query = {} } = input as { params?: Record<string, string>; query?: Record<string, string> };
  const one: Watched = {
    ask: { do: 'watch', id, operation, params, query },
    take: take as Watched['take'],
    live: false,
  };
  watched.set(id, one);
  if (socket?.readyState === WebSocket.OPEN) say(one.ask);
  else connect();
  return {
    get live() {
      return one.live;
    },
    end() {
      watched.delete(id);
      if (socket?.readyState === WebSocket.OPEN) say({ do: 'unwatch', id });
    },
  };
}

const say = (asked: LiveAsk) => socket?.send(JSON.stringify(asked));

function connect(): void {
  const token = accessToken();
  if (socket || watched.size === 0 || document.hidden || token === null) return;
  clearTimeout(timer);
  const opened = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${LIVE_PATH}`);
  socket = opened;
  opened.onopen = () => {
    say({ do: 'sign-in', token });
    for (const { ask } of watched.values()) say(ask);
  };
  opened.onmessage = ({ data }) => hear(JSON.parse(String(data)) as LiveTold);
  opened.onclose = ({ code }) => {
    if (socket !== opened) return;
    socket = null;
    for (const one of watched.values()) one.live = false;
    if (code !== LIVE_CLOSE.signInAgain) return again();
    // The session goes on with a newer token, or it is over and the next request says so.
    void renewSession().then(connect, again);
  };
}

function hear(told: LiveTold): void {
  if (told.is === 'ready') lost = 0;
  else {
    const one = watched.get(told.id);
    if (!one) return;
    one.live = told.is === 'answer';
    if (told.is === 'answer') one.take(told.body);
  }
}

/** Not all at once: a desk that was started anew hears from every tab. */
function again(): void {
  const seconds = PAUSES[Math.min(lost, PAUSES.length - 1)] ?? 1;
  lost += 1;
  clearTimeout(timer);
  timer = setTimeout(connect, seconds * (700 + (600 * (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0)) / 255));
}

function letGo(): void {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  for (const one of watched.values()) one.live = false;
  old?.close();
}

let hiding: ReturnType<typeof setTimeout> | undefined;
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(letGo, HIDDEN);
  else connect();
});
onTryNow(() => {
  lost = 0;
  connect();
});
whenForgetting(letGo);
