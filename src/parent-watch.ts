import { Socket } from 'node:net';

/** Names the descriptor of a pipe whose other end the launcher holds; set by bin/launch.mjs. */
const VARIABLE = 'SMARTSUPPORT_LAUNCHER_FD';

/**
 * Calls `onGone` once when the launcher is gone or asks for an end: killed by any signal, or because npm above it was.
 * The system closes the launcher's end of the pipe with it, so this is told within milliseconds. Without a launcher
 * (production) it does nothing. Keeps no process alive. Returns a function that ends the watch.
 */
export function watchParent(onGone: () => void): () => void {
  const fd = Number(process.env[VARIABLE] ?? NaN);
  // A process started by us must not take the number for a pipe of its own.
  delete process.env[VARIABLE];
  if (!Number.isInteger(fd) || fd < 3) return () => undefined;
  const pipe = openPipe(fd);
  if (pipe === null) return () => undefined;
  let watching = true;
  const gone = () => {
    if (!watching) return;
    watching = false;
    pipe.destroy();
    onGone();
  };
  pipe.on('error', gone).on('end', gone).on('close', gone).resume().unref();
  return () => {
    watching = false;
    pipe.destroy();
  };
}

/** Null when the descriptor is not a pipe: the variable came from elsewhere. */
function openPipe(fd: number): Socket | null {
  try {
    return new Socket({ fd, readable: true, writable: false });
  } catch {
    return null;
  }
}
