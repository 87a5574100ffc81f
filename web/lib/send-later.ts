/** Eight o'clock of the next working day, by the clock of this computer. */
export function nextMorning(now: Date): Date {
  const days = now.getDay() === 5 ? 3 : now.getDay() === 6 ? 2 : 1;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 8);
}

/** A time as a field of the kind datetime-local has it, by the clock of this computer. */
export function localTime(time: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}`;
}
