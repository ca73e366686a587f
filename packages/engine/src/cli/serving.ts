/** What `serve` and `demo` share: a server with its keys and tenants, up until the process is told to stop. */
import type { Engine } from "../engine.ts";
import type { RunningServer } from "../server/server.ts";
import { type CommonOptions, engineSettings } from "./session.ts";
import type { Terminal } from "./terminal.ts";

interface ServingOptions extends CommonOptions {
  readonly port: number;
  readonly host?: string;
  readonly grace?: number;
  /** From which level on the server's log is written; default "info", a line per request. */
  readonly logLevel?: "info" | "warn";
}

/** @param onReady told once the server answers */
export async function serveUntilInterrupted(
  terminal: Terminal,
  options: ServingOptions,
  engine: Engine,
  onReady: (server: RunningServer) => void,
): Promise<void> {
  const [{ openEngine }, { startServer }, { stderrLogger }, { KeyFile }, { Tenants }, { mcpRoutes }] =
    await Promise.all([
      import("../engine.ts"),
      import("../server/server.ts"),
      import("../server/log.ts"),
      import("../server/key-file.ts"),
      import("../server/tenants.ts"),
      import("../mcp/routes.ts"),
    ]);
  const settings = engineSettings(options);
  const { dataDir } = settings;
  const report = (error: unknown) => {
    terminal.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  };
  const keys = new KeyFile(dataDir, { clock: engine.clock, onError: report });
  const tenants = new Tenants({
    dataDir,
    // The webhook is the default tenant's: nobody hears of others' users.
    open: (dataDir) => openEngine({ ...settings, dataDir, webhook: undefined }),
    onCloseError: report,
  });
  const { port, host, grace, logLevel } = options;
  try {
    const server = await startServer(engine, {
      port,
      ...(host !== undefined && { host }),
      ...(grace !== undefined && { graceSeconds: grace }),
      logger: stderrLogger(logLevel),
      access: { keys, tenants },
      routes: [mcpRoutes],
    });
    onReady(server);
    await interrupted();
    await server.close();
  } finally {
    await tenants.close();
  }
}

/** Resolves when the process is asked to end; a second request ends it at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
