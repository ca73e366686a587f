/** How large an element is, for what a chart has to know before it is drawn: how many letters a ring or a tile has room for. */
import { type RefObject, useEffect, useRef, useState } from "react";

export interface Size {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** The size of the element that the reference is put on; 0 until it is known. */
export function useSize<E extends HTMLElement>(): [RefObject<E | null>, Size] {
  const place = useRef<E>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const sized = new ResizeObserver(([{ contentRect }]) => {
      setSize({ width: Math.round(contentRect.width), height: Math.round(contentRect.height) });
    });
    if (place.current !== null) sized.observe(place.current);
    return () => sized.disconnect();
  }, []);
  return [place, size];
}
