/** The editor of formatted words, with its bar: fetched by who writes, when they open a ticket. */
export { default as RichBox } from '../components/RichBox.svelte';
export { default as FormatBar } from '../components/FormatBar.svelte';
