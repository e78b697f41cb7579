package dev.tally.system.contract.fuzz;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;

/** The chat that requests write to and read. */
record Place(String app, long chat) {

  String appPath() {
    return "/apps/" + app;
  }

  String messagesPath() {
    return appPath() + "/chats/" + chat + "/messages";
  }

  /** The chat, as keys in Redis name it. */
  ChatName name() {
    return new ChatName(new AppToken(app), chat);
  }
}
