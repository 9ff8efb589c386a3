/** Durations of Svelte's transitions: those of `tokens.css`, none when the system asks for less motion. */
import { cubicOut } from "svelte/easing";

export const motion = (duration = 160) => ({
  duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : duration,
  easing: cubicOut,
});
