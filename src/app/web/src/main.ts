// Start of the interface.
import { mount } from 'svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import App from './App.svelte';
import { keepShell } from './lib/shell';

mount(App, { target: document.getElementById('app')! });
keepShell();
