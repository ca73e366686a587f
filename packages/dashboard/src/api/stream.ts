/**
 * A person's profile as it changes, over server-sent events. They are read with `fetch` and not with `EventSource`, which
 * could not send a key.
 */
import type { PhaseTransition, Profile, ProfileChanges } from "@penchant/protocol";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { useEffect, useEffectEvent, useState } from "react";
import { part, request } from "./client.ts";

export type Update =
  | { readonly kind: "profile"; readonly data: Profile }
  | { readonly kind: "changes"; readonly data: ProfileChanges }
  | { readonly kind: "phase"; readonly data: PhaseTransition };

const againMs = 2_000;

/** Calls back with every update of a person for as long as the component is there. Returns whether the stream is open. */
export function useProfileStream(user: string | undefined, onUpdate: (update: Update) => void): boolean {
  const [isOpen, setOpen] = useState(false);
  const tell = useEffectEvent(onUpdate);
  useEffect(() => {
    if (user === undefined) return;
    const gone = new AbortController();
    const follow = async (): Promise<void> => {
      while (!gone.signal.aborted) {
        try {
          const path = `/v1/users/${part(user)}/profile/stream`;
          const response = await request(path, { accept: "text/event-stream", signal: gone.signal });
          setOpen(true);
          const messages = response
            .body!.pipeThrough(new TextDecoderStream())
            .pipeThrough(new EventSourceParserStream())
            .getReader();
          for (let next = await messages.read(); !next.done; next = await messages.read()) {
            tell({ kind: next.value.event, data: JSON.parse(next.value.data) } as Update);
          }
        } catch {
          // Told by `request` where it concerns the page; the stream is simply tried again.
        }
        setOpen(false);
        await new Promise((resolve) => setTimeout(resolve, againMs));
      }
    };
    void follow();
    return () => gone.abort();
  }, [user]);
  return isOpen;
}
