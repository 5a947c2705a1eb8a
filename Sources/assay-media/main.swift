import Glibc
import Media

exit(MediaWorker.run())
