/** Small parts that views share. */
import type { ReactNode } from "react";
import { Refusal, Unreachable } from "../api/client.ts";
import { linkTo } from "../router.ts";
import { useTexts } from "../text/language.ts";

export type PhaseName = "emerging" | "core" | "fading" | "dormant" | "revived";

export function Phase({ phase }: { phase: PhaseName }) {
  const { t } = useTexts();
  return (
    <span className={`phase ${phase}`} title={t.phaseTexts[phase]}>
      {t.phases[phase]}
    </span>
  );
}

export function Link({ to, children, className }: { to: string; children: ReactNode; className?: string | undefined }) {
  return (
    <a {...linkTo(to)} className={className}>
      {children}
    </a>
  );
}

/** A part of a view with a heading of its own. */
export function Section(props: {
  title: string;
  note?: ReactNode;
  children: ReactNode;
  className?: string;
  level?: 2 | 3;
  /** What is shown is the answer to the question before. */
  isBusy?: boolean;
}) {
  const Heading = props.level === 3 ? "h3" : "h2";
  return (
    <section className={props.className} aria-busy={props.isBusy}>
      <Heading>{props.title}</Heading>
      {props.note !== undefined && <p className="note">{props.note}</p>}
      {props.children}
    </section>
  );
}

/** Why there is nothing to see: the server's own sentence where it gave one. */
export function Trouble({ error }: { error: unknown }) {
  const { t } = useTexts();
  const text = error instanceof Refusal ? error.message : error instanceof Unreachable ? t.lost : String(error);
  return (
    <p className="trouble" role="alert">
      {text}
    </p>
  );
}

/** A share as a bar, in the parts that it is made of. */
export function Bar({ parts, label }: { parts: readonly { share: number; kind: string }[]; label: string }) {
  let from = 0;
  return (
    <svg className="bar" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label={label}>
      {parts.map(({ share, kind }) => {
        const x = from;
        from += Math.max(0, share);
        return <rect key={kind} className={kind} x={100 * x} width={100 * Math.max(0, share)} height="1" />;
      })}
    </svg>
  );
}
