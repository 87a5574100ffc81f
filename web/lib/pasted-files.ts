/** The files of a paste, pictures with a name of their own; empty when it was text. */
export function pastedFiles(event: ClipboardEvent, nameOf: (nth: number) => string, already: number): File[] {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length === 0) return [];
  event.preventDefault();
  return files.map((file, at) =>
    /^image\.\w+$/.test(file.name)
      ? new File([file], `${nameOf(already + at + 1)}.${file.name.split('.').at(-1)}`, { type: file.type })
      : file,
  );
}
