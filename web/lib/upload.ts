/** Like fetch, with the bytes sent so far on the way: only XMLHttpRequest tells them. */
export function uploadWith(progress: (sent: number, all: number) => void) {
  return (url: string, init: RequestInit = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(init.method ?? 'GET', url);
      for (const [name, value] of Object.entries((init.headers ?? {}) as Record<string, string>))
        request.setRequestHeader(name, value);
      request.responseType = 'blob';
      request.upload.onprogress = (event) => progress(event.loaded, event.total);
      request.onload = () => resolve(responseOf(request));
      request.onerror = () => reject(new TypeError('The connection broke'));
      request.send(init.body as XMLHttpRequestBodyInit);
    });
}

function responseOf(request: XMLHttpRequest): Response {
  const retryAfter = request.getResponseHeader('retry-after');
  return new Response(request.response as Blob, {
    status: request.status,
    statusText: request.statusText,
    headers: retryAfter ? { 'retry-after': retryAfter } : {},
  });
}
