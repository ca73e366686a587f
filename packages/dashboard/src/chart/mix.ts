/** Colours as browsers compute them, `rgb(20, 112, 90)`: mixed, and what can be read on them. */

type Rgb = readonly [red: number, green: number, blue: number];

/** @param share of the first, 0 to 1 */
export function mixed(colour: string, ground: string, share: number): string {
  const [first, second] = [rgbOf(colour), rgbOf(ground)];
  return `rgb(${first.map((value, index) => Math.round(share * value + (1 - share) * second[index])).join(", ")})`;
}

/** The one of two colours that stands out more from a background. */
export function readableOn(background: string, one: string, other: string): string {
  return contrast(background, one) >= contrast(background, other) ? one : other;
}

/** From 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = rgbOf(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function rgbOf(colour: string): Rgb {
  return (colour.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number) as unknown as Rgb;
}
