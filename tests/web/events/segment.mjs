// Sends one of everything with the client that Node programs use.
import { createRequire } from "node:module";
const { Analytics } = createRequire(`${process.env.CLIENT}/`)("@segment/analytics-node");

// One request: the threads of the test's server share one connection to a database in memory.
const analytics = new Analytics({ writeKey: process.env.KEY, host: process.env.HOST, maxRetries: 1, flushAt: 20 });
analytics.on("error", (error) => { console.error(error); process.exitCode = 1; });
analytics.track({ anonymousId: "v1", event: "Basket Seen", messageId: "n1", properties: { 言語: "日本語" } });
analytics.identify({ userId: "mika", anonymousId: "v1", messageId: "n2", traits: { plan: "annual" } });
analytics.page({ userId: "mika", name: "Home", messageId: "n3", timestamp: new Date("2024-02-03T04:05:06.789Z") });
analytics.screen({ userId: "mika", name: "Basket", messageId: "n4" });
analytics.group({ userId: "mika", groupId: "g1", messageId: "n5" });
analytics.alias({ userId: "mika", previousId: "v0", messageId: "n6" });
analytics.track({ userId: "mika", event: "Order Completed", properties: { order_id: "A1", total: 30 }, messageId: "n7" });
await analytics.closeAndFlush();
