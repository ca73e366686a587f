/** Where a file is dropped, or chosen. */
import { type DragEvent, useState } from "react";

interface DropZoneProps {
  readonly label: string;
  /** Endings and types of files, as an input takes them. */
  readonly accept: string;
  readonly isBusy?: boolean;
  readonly onFile: (file: File) => void;
}

export function DropZone({ label, accept, isBusy = false, onFile }: DropZoneProps) {
  const [isOver, setOver] = useState(false);
  const take = (file: File | undefined) => {
    if (file !== undefined && !isBusy) onFile(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <label
      className={isOver ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <span>{label}</span>
      <input type="file" accept={accept} onChange={({ target }) => take(target.files?.[0])} disabled={isBusy} />
    </label>
  );
}
