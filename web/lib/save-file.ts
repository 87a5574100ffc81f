import { askBytes } from './session.svelte.ts';

/** Downloads a path of the API and hands it to the browser to save under a name. Throws ApiError. */
export async function saveFile(path: string, name: string): Promise<void> {
  handOver(await askBytes(path), name);
}

/** Hands bytes to the browser to save under a name. */
export function handOver(bytes: Blob, name: string): void {
  const url = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the bytes after the click has ended.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
