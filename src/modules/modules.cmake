# The modules, in the allowed direction of calls: a module may USE only those above it. Hearing has no direction.
mozi_module(user       PARTS crypto jobs        LISTENS moderation)
mozi_module(content    PARTS crypto             USES user                      LISTENS moderation)
mozi_module(media      PARTS crypto jobs blob   USES user content              LISTENS user content moderation)
mozi_module(social     PARTS crypto             USES user content              LISTENS moderation)
mozi_module(moderation PARTS crypto jobs blob   USES user                      LISTENS user media)
