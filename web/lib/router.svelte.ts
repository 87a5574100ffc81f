import { placeOf, type Place } from './routes.ts';

let path = $state.raw(location.pathname + location.search);
let visit = $state(0);
const place = $derived<Place>(placeOf(...split(path)));
let headingWaits = false;

/** Where we are. */
export const here = (): Place => place;
/** The address of where we are. */
export const herePath = (): string => path;
/** Changes with each change of place, to start a page anew. */
export const hereVisit = (): number => visit;

function split(address: string): [string, string] {
  const at = address.indexOf('?');
  return at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at)];
}

/** Goes to a page of the portal. */
export function go(to: string, { replace = false } = {}): void {
  if (to === path) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  arrive();
  scrollTo(0, 0);
}

function arrive(): void {
  path = location.pathname + location.search;
  visit += 1;
  headingWaits = true;
}

/** Follows links and the back button from now on. */
export function startRouter(): void {
  addEventListener('popstate', arrive);
  document.addEventListener('click', (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** For the first heading of a page: it gets the focus after a change of place, so that the keyboard and readers start there. */
export function heading(node: HTMLElement): void {
  node.tabIndex = -1;
  if (!headingWaits) return;
  headingWaits = false;
  node.focus({ preventScroll: true });
}
