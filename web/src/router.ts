import { useSyncExternalStore } from 'react';

/** Addresses lie behind #, so that the server needs to know none of them. */
export type Route =
  | { page: 'create' }
  | { page: 'slides' }
  | { page: 'history' }
  | { page: 'system' }
  | { page: 'video'; id: string }
  | { page: 'compare'; ids: [string, string] };

export function parseRoute(hash: string): Route {
  const [page, first, second] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (page === 'slides' || page === 'history' || page === 'system') return { page };
  if (page === 'video' && first) return { page, id: first };
  if (page === 'compare' && first && second) return { page, ids: [first, second] };
  return { page: 'create' };
}

export function hrefOf(route: Route): string {
  if (route.page === 'video') return `#/video/${encodeURIComponent(route.id)}`;
  if (route.page === 'compare') return `#/compare/${route.ids.map(encodeURIComponent).join('/')}`;
  return route.page === 'create' ? '#/' : `#/${route.page}`;
}

export function go(route: Route): void {
  location.hash = hrefOf(route);
}

function subscribe(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}
