// All films, in the order they are tried.
import './list/pictures.mjs';
import './list/tracks.mjs';
import './list/clocks.mjs';
import './list/reported.mjs';
import './list/browsers.mjs';
import './list/claims.mjs';

export { films } from './list/film.mjs';
