/** Below this the argument is raised first: ln Γ(x) = ln Γ(x + 1) − ln x. */
const SERIES_FROM = 16;

/** ln Γ(x) for x > 0, by Stirling's series. */
export function logGamma(x: number): number {
  let shift = 0;
  let argument = x;
  while (argument < SERIES_FROM) {
    shift += Math.log(argument);
    argument += 1;
  }
  const square = argument * argument;
  const series =
    (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / argument;
  return (argument - 0.5) * Math.log(argument) - argument + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
