import { mount } from 'svelte';
import App from './App.svelte';
import { startClock } from './lib/clock.svelte.ts';
import { watchConnection } from './lib/connection.svelte.ts';
import { startKeys } from './lib/keys.svelte.ts';
import { startRouter } from './lib/router.svelte.ts';
import { preferredLanguage, speak } from './lib/texts.svelte.ts';
import { wearRemembered } from './lib/theme.svelte.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/vocabulary.css';
import './styles/overlays.css';
import './styles/staff.css';
import './styles/queue.css';
import './styles/ticket.css';
import './styles/rich.css';
import './styles/employee.css';
import './styles/mail.css';
import './styles/narrow.css';

wearRemembered();
// A language that cannot be fetched is no reason to show nothing.
await speak(preferredLanguage()).catch(() => speak('en'));
startRouter();
startClock();
startKeys();
watchConnection();
mount(App, { target: document.body });
